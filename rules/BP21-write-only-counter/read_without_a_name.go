// Right: these counts are read where no line names them: by an encoder that gets the structs in
// a map, by a comparison of whole values, and through a copy.
package progress

import "encoding/json"

func Report(files []string, rows func(string) ([]string, error)) ([]byte, error) {
	type state struct {
		Rows, Empty int
		Error       string
	}
	states := make(map[string]state, len(files))
	for _, file := range files {
		var s state
		lines, err := rows(file)
		if err != nil {
			s.Error = err.Error()
		}
		for _, line := range lines {
			s.Rows++
			if line == "" {
				s.Empty++
			}
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
