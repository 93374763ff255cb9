//highwater:nocompile needs ferry
// A piece of a file: what a handler asks of a part of its state is done by the one method of that name. Where the name is
// a common one and the part is called otherwise, nobody knows.
use axum::extract::State;
use ferry::{Fare, Ticket, Tide};
use tokio::sync::mpsc;

impl Pier {
    pub async fn announce(&self, ticket: Ticket) -> Result<(), Tide> {
        self.boats.send(ticket).await.map_err(|_| Tide::Low) //~ BP06 high
    }

    pub async fn tell(&self, ticket: Ticket) -> Result<(), Tide> {
        self.boats.try_send(ticket).map_err(|_| Tide::High)
    }
}

pub struct Bell {
    strokes: mpsc::Sender<u8>,
}

impl Bell {
    pub async fn add(&self, stroke: u8) {
        let _ = self.strokes.send(stroke).await;
    }
}

pub async fn board(State(harbour): State<Harbour>, fare: Fare) -> Result<(), Tide> {
    harbour.total.add(fare.cents).await;
    harbour.quay.announce(fare.ticket()).await
}

pub async fn wave(State(harbour): State<Harbour>, fare: Fare) -> Result<(), Tide> {
    harbour.quay.tell(fare.ticket()).await
}
