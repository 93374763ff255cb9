//highwater:nocompile
// A log core keeps the last lines for a debug page. Write is called by every
// goroutine that logs, and its eviction is a blocking receive.

package tail

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap/zapcore"
)

var overwritten = promauto.NewCounter(prometheus.CounterOpts{
	Name: "log_tail_overwritten_total",
	Help: "Lines that made way for newer ones.",
})

type Core struct {
	zapcore.LevelEnabler
	enc   zapcore.Encoder
	lines chan string
}

func NewCore(level zapcore.LevelEnabler, enc zapcore.Encoder, keep int) *Core {
	return &Core{LevelEnabler: level, enc: enc, lines: make(chan string, keep)}
}

func (c *Core) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	buf, err := c.enc.EncodeEntry(entry, fields)
	if err != nil {
		return err
	}
	line := buf.String()
	buf.Free()
	for { //~ BP17 medium
		select {
		case c.lines <- line:
			return nil
		default:
			<-c.lines
			overwritten.Inc()
		}
	}
}

func (c *Core) Lines() <-chan string { return c.lines }
