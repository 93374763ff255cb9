// Right: a timer that is emptied, a start that is spread by lot, a signal that asks for a profile; none of them stands for work.
package janitor

import (
	"log"
	"math/rand"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type Janitor struct {
	timer *time.Timer
	rooms []func()
}

func (j *Janitor) stopTimer() {
	if !j.timer.Stop() {
		<-j.timer.C
	}
}

// Drain empties the rooms, but not all instances at the same moment.
func (j *Janitor) Drain(spread time.Duration) {
	j.stopTimer()
	time.Sleep(time.Duration(rand.Int63n(int64(spread))))
	for _, leave := range j.rooms {
		leave()
	}
}

// ProfileOnce waits for the signal that asks for a profile of ten seconds.
func ProfileOnce(begin, end func()) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	<-asked
	begin()
	time.Sleep(10 * time.Second)
	end()
	log.Print("profile written")
}
