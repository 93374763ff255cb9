//highwater:nocompile needs actix_web
// What a framework hands to every handler is what it holds. A queue whose maker also starts its worker
// is shared by all calls, whoever hands it on; a channel that a question brings along has room.
use actix_web::{HttpResponse, web};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::sync::Mutex;
use std::thread;
use tokio::sync::mpsc;

pub struct Scans {
    parcels: Sender<u64>,
}

async fn scanned(scans: web::Data<Scans>, parcel: web::Path<u64>) -> HttpResponse {
    match scans.parcels.send(parcel.into_inner()) { //~ BP06 high
        Ok(()) => HttpResponse::Accepted().finish(),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

async fn offered(scans: web::Data<Scans>, parcel: web::Path<u64>) -> HttpResponse {
    match scans.parcels.try_send(parcel.into_inner()) {
        Ok(()) => HttpResponse::Accepted().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

pub fn depot() -> Scans {
    let (parcels, queue) = bounded(64);
    thread::spawn(move || sort(queue));
    Scans { parcels }
}

fn sort(queue: Receiver<u64>) {
    for parcel in queue {
        println!("parcel {parcel}");
    }
}

pub struct Leave {
    back: mpsc::Sender<()>,
}

impl Leave {
    /// One place was handed out with each, and there is room for all.
    pub async fn give_back(self) {
        let _ = self.back.send(()).await; //~ BP06 low
    }
}

async fn visit(leaves: web::Data<Mutex<Vec<Leave>>>) -> HttpResponse {
    let leave = leaves.lock().unwrap().pop();
    if let Some(leave) = leave {
        leave.give_back().await;
    }
    HttpResponse::Ok().finish()
}
