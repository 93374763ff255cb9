// The error "full" is told apart from the others, only to be skipped over, or to be the one that is not looked at.
package shipper

import (
	"errors"
	"fmt"
)

var ErrFull = errors.New("shipper: buffer full")

type Shipper struct {
	lines chan string
	limit int
}

func New(room, limit int) *Shipper {
	return &Shipper{lines: make(chan string, room), limit: limit}
}

func (s *Shipper) Put(line string) error {
	if len(line) > s.limit {
		return fmt.Errorf("shipper: line of %d bytes", len(line))
	}
	select {
	case s.lines <- line:
		return nil
	default:
		return ErrFull
	}
}

func (s *Shipper) PutAll(lines []string) error {
	for _, line := range lines {
		err := s.Put(line)
		if errors.Is(err, ErrFull) { //~ BP07 high
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var ErrLong = errors.New("shipper: line too long")

func (s *Shipper) PutOne(line string) {
	if err := s.Put(line); err != nil && !errors.Is(err, ErrFull) { //~ BP07 high
		fmt.Println(err)
	}
}

func (s *Shipper) PutAnyway(line string) {
	switch err := s.Put(line); { //~ BP07 high
	case errors.Is(err, ErrFull):
	case err != nil:
		fmt.Println(err)
	}
}

func (s *Shipper) PutShort(line string) {
	if err := s.Put(line); err != nil && !errors.Is(err, ErrLong) {
		fmt.Println(err)
	}
}

func (s *Shipper) PutAndSay(line string) error {
	err := s.Put(line)
	if err != nil && !errors.Is(err, ErrFull) {
		fmt.Println(err)
	}
	return err
}

func (s *Shipper) PutOrCount(line string) (lost int) {
	err := s.Put(line)
	if errors.Is(err, ErrFull) {
		lost++
	}
	if err != nil && !errors.Is(err, ErrFull) {
		fmt.Println(err)
	}
	return lost
}
