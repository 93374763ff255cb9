// Who failed sends nothing, and the first who has something to say is enough. Where all are looked at,
// every call is needed.
package weather

import (
	"context"
	"errors"
	"log"
)

type Report struct{ Degrees int }

type Station interface {
	Measure(ctx context.Context, place string) (Report, error)
}

type Service struct{ stations []Station }

func (s *Service) ask(ctx context.Context, of Station, place string, to chan<- *Report) {
	report, err := of.Measure(ctx, place)
	if err != nil {
		log.Printf("%s: %v", place, err)
		to <- nil
		return
	}
	to <- &report
}

func (s *Service) Any(ctx context.Context, place string) (Report, error) {
	reports := make(chan *Report, len(s.stations))
	for _, station := range s.stations { //~ BP15 high
		go s.ask(ctx, station, place, reports)
	}
	for range s.stations {
		if report := <-reports; report != nil {
			return *report, nil
		}
	}
	return Report{}, errors.New("no station knows")
}

func (s *Service) Warmest(ctx context.Context, place string) (best Report) {
	found := make(chan *Report, len(s.stations))
	for _, station := range s.stations {
		go func(of Station) {
			report, err := of.Measure(ctx, place)
			if err != nil {
				found <- nil
				return
			}
			found <- &report
		}(station)
	}
	for range s.stations {
		if report := <-found; report != nil && report.Degrees > best.Degrees {
			best = *report
		}
	}
	return best
}
