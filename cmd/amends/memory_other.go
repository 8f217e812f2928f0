//go:build !linux

package main

// dropCode is for Linux alone.
func dropCode() {}
