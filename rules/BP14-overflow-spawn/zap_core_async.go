//highwater:nocompile

// A log core that must not block its caller, and therefore spawns for each entry that finds the buffer full.
package logship

import "go.uber.org/zap/zapcore"

type asyncCore struct {
	zapcore.LevelEnabler
	enc     zapcore.Encoder
	entries chan []byte
}

func (c *asyncCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	buf, err := c.enc.EncodeEntry(e, fields)
	if err != nil {
		return err
	}
	line := append([]byte(nil), buf.Bytes()...)
	buf.Free()
	select {
	case c.entries <- line:
	default:
		// logging must never block
		go func(line []byte) { //~ BP14 high
			c.entries <- line
		}(line)
	}
	return nil
}
