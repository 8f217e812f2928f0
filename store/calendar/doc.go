// Package calendar is the arithmetic of days and hours: civil dates, times of
// day, the hours in which a party may be texted, the office hours of a
// program, the days of check-ins and the due dates of instalments.
//
// It is pure. It never asks what time it is, holds no state and imports
// nothing of ours: every instant comes in as a value. A [Date] is a day on a
// party's wall calendar and has no zone; it becomes an instant only through
// [At], which says what happens on the two days a year when the clocks change.
//
// The smallest use:
//
//	chicago, _ := time.LoadLocation("America/Chicago")
//	hours := calendar.Hours{Zone: chicago, Quiet: calendar.Window{From: 20 * 60, To: 9 * 60}}
//	send := hours.Next(now) // now itself, or nine in the morning
package calendar
