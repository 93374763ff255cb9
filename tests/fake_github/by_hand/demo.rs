//! A small program in Go, and a change of it that brings in a bug.

use crate::fake_github::{PullRequest, Repo};

pub const PATH: &str = "intake/intake.go";

const BEFORE: &str = r#"// Package intake takes orders and hands them to the worker.
package intake

import "net/http"

// Server answers requests.
type Server struct {
	store Store
}

// Store keeps orders.
type Store interface {
	Put(order string) error
}

// Take keeps an order before it answers.
func (s *Server) Take(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Put(r.FormValue("order")); err != nil {
		http.Error(w, "not kept", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusCreated)
}
"#;

pub const WITH_BUG: &str = r#"// Package intake takes orders and hands them to the worker.
package intake

import (
	"context"
	"net/http"
)

// Server answers requests.
type Server struct {
	store  Store
	orders chan string
}

// Store keeps orders.
type Store interface {
	Put(order string) error
}

// New starts the worker, which ends with the context.
func New(ctx context.Context, store Store) *Server {
	s := &Server{store: store, orders: make(chan string, 100)}
	go s.work(ctx)
	return s
}

func (s *Server) work(ctx context.Context) {
	for {
		select {
		case order := <-s.orders:
			_ = s.store.Put(order)
		case <-ctx.Done():
			return
		}
	}
}

// Take hands an order to the worker.
func (s *Server) Take(w http.ResponseWriter, r *http.Request) {
	s.orders <- r.FormValue("order")
	w.WriteHeader(http.StatusAccepted)
}
"#;

/// The change with its bug mended.
pub fn fixed() -> String {
    let before = "\ts.orders <- r.FormValue(\"order\")\n\tw.WriteHeader(http.StatusAccepted)\n";
    let after = "\tselect {\n\tcase s.orders <- r.FormValue(\"order\"):\n\t\tw.WriteHeader(http.StatusAccepted)\n\tdefault:\n\t\thttp.Error(w, \"try again\", http.StatusServiceUnavailable)\n\t}\n";
    WITH_BUG.replace(before, after)
}

/// Opens a pull request with the bug.
pub fn open(repo: &Repo) -> PullRequest {
    repo.commit(
        "main",
        &[
            (PATH, BEFORE),
            ("go.mod", "module example.com/queue\n\ngo 1.24\n"),
        ],
    );
    repo.commit("worker", &[(PATH, WITH_BUG)]);
    let pull = repo.open_pull("worker", "main");
    pull.retitle("Hand orders to a worker");
    pull
}
