// Failure is a status code, the loop goes round by a label, and it neither
// waits nor ends.

package thumbs

import (
	"bytes"
	"io"
	"net/http"
)

type Uploader struct {
	client *http.Client
	bucket string
}

func (u *Uploader) Put(name string, body []byte) (string, error) {
attempt:
	for { //~ BP11 high
		req, err := http.NewRequest(http.MethodPut, u.bucket+"/"+name, bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		resp, err := u.client.Do(req)
		if err != nil {
			continue attempt
		}
		etag := resp.Header.Get("ETag")
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		switch {
		case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode >= 500:
			continue attempt
		case err != nil:
			return "", err
		}
		return etag, nil
	}
}
