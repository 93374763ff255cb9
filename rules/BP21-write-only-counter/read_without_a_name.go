// Right: these counts are read where no line names them: by an encoder that gets the structs in
// a map, by a comparison of whole values, and through a copy.
package progress

import "encoding/json"

func Report(files []string, fetch func(string) error) ([]byte, error) {
	type state struct {
		Tries int
		Error string
	}
	states := make(map[string]state, len(files))
	for _, file := range files {
		var s state
		for s.Tries < 3 { //~ BP11 medium
			s.Tries++
			if err := fetch(file); err != nil {
				s.Error = err.Error()
				continue
			}
			break
		}
		states[file] = s
	}
	return json.Marshal(map[string]interface{}{"files": states})
}

type tally struct{ passed, failed int }

type Suite struct{ tally tally }

func (s *Suite) Done(ok bool) {
	if ok {
		s.tally.passed++
	} else {
		s.tally.failed++
	}
}

func (s *Suite) IsClean(of int) bool { return s.tally == tally{passed: of} }
