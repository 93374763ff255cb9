// The permit is wrapped in a type of the code's own and handed to the task as an argument: as many run as
// there are permits. A handle on the semaphore that a task is handed bounds nothing.
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Router, routing::post};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub struct Leave(#[allow(dead_code)] OwnedSemaphorePermit);

pub struct Presses {
    free: Arc<Semaphore>,
}

pub struct Desk {
    free: Arc<Semaphore>,
}

impl Presses {
    fn ask(&self) -> Option<Leave> {
        Arc::clone(&self.free).try_acquire_owned().ok().map(Leave)
    }
}

async fn write(sheet: u64) {
    let _ = tokio::fs::write(format!("{sheet}.ps"), b"%!").await;
}

async fn write_with(_leave: Leave, sheet: u64) {
    write(sheet).await;
}

async fn note(desk: Desk, sheet: u64) {
    write(sheet + desk.free.available_permits() as u64).await;
}

pub fn router(presses: Arc<Presses>) -> Router {
    Router::new()
        .route("/print/{sheet}", post(print))
        .route("/note/{sheet}", post(note_down))
        .with_state(presses)
}

async fn print(State(presses): State<Arc<Presses>>, Path(sheet): Path<u64>) -> StatusCode {
    let Some(leave) = presses.ask() else {
        return StatusCode::TOO_MANY_REQUESTS;
    };
    tokio::spawn(write_with(leave, sheet));
    StatusCode::ACCEPTED
}

async fn note_down(State(presses): State<Arc<Presses>>, Path(sheet): Path<u64>) -> StatusCode {
    let desk = Desk { free: Arc::clone(&presses.free) };
    tokio::spawn(note(desk, sheet)); //~ BP03 high
    StatusCode::ACCEPTED
}

struct Pass {
    sheet: u64,
    _leave: Leave,
}

impl Pass {
    async fn run(self) {
        write(self.sheet).await;
    }
}

struct Proof {
    sheet: u64,
}

impl Proof {
    async fn run(self) {
        write(self.sheet).await;
    }
}

async fn print_pass(State(presses): State<Arc<Presses>>, Path(sheet): Path<u64>) -> StatusCode {
    let Some(leave) = presses.ask() else {
        return StatusCode::TOO_MANY_REQUESTS;
    };
    let pass = Pass { sheet, _leave: leave };
    tokio::spawn(pass.run());
    StatusCode::ACCEPTED
}

async fn print_proof(Path(sheet): Path<u64>) -> StatusCode {
    let proof = Proof { sheet };
    tokio::spawn(proof.run()); //~ BP03 high
    StatusCode::ACCEPTED
}

pub fn passes(presses: Arc<Presses>) -> Router {
    Router::new()
        .route("/passes/{sheet}", post(print_pass))
        .route("/proofs/{sheet}", post(print_proof))
        .with_state(presses)
}
