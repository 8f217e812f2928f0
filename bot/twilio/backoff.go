package twilio

import "time"

const (
	backoffFirst = 2 * time.Second
	backoffMost  = 10 * time.Minute
	// backoffDoublings is the count at which the delay has saturated: 2 s doubled nine times is 17 minutes, over the
	// ten at most. Stopping there also keeps the shift from overflowing.
	backoffDoublings = 9
)

// Backoff is how long to wait after the attempt of that number (from 1) has failed in passing. The whole delay is 2 s
// doubled with each attempt, ten minutes at most: 2 s after the first, 8 s after the third, 512 s after the ninth, and
// ten minutes from the tenth on. A random half of it is taken off, so that many texts that failed together don't come
// back together: after the third attempt it is 4 to 8 s. The waits after the first twenty attempts come to two
// hours and seven minutes at most, and to half of that at least. r gives a number from 0 up to 1.
func Backoff(attempt int, r func() float64) time.Duration {
	doublings := min(max(attempt-1, 0), backoffDoublings)
	whole := min(backoffFirst<<doublings, backoffMost)
	return whole/2 + time.Duration(r()*float64(whole/2))
}
