// Right: the states are values that one goroutine calls; whatever they send, that goroutine closes afterwards.
package scan

type token struct {
	kind rune
	text string
}

type scanner struct {
	input string
	at    int
	out   chan token
}

type state func(*scanner) state

func scan(input string) <-chan token {
	s := &scanner{input: input, out: make(chan token)}
	go s.loop()
	return s.out
}

func (s *scanner) loop() {
	for next := word; next != nil; {
		next = next(s)
	}
	close(s.out)
}

func (s *scanner) emit(kind rune, from int) {
	s.out <- token{kind, s.input[from:s.at]}
}

func word(s *scanner) state {
	from := s.at
	for s.at < len(s.input) && s.input[s.at] != ' ' {
		s.at++
	}
	s.emit('w', from)
	if s.at == len(s.input) {
		return nil
	}
	return gap
}

func gap(s *scanner) state {
	from := s.at
	for s.at < len(s.input) && s.input[s.at] == ' ' {
		s.at++
	}
	s.emit(' ', from)
	if s.at == len(s.input) {
		return nil
	}
	return word
}

// Words counts the words of a line.
func Words(line string) int {
	n := 0
	for t := range scan(line) {
		if t.kind == 'w' {
			n++
		}
	}
	return n
}
