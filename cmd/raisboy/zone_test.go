package main

import (
	"testing"
	"time"
)

func TestReadZone(t *testing.T) {
	noon := time.Date(2025, 11, 27, 12, 0, 0, 0, time.UTC)
	for name, hour := range map[string]int{"UTC": 12, "Z": 12, "+05:00": 17, "+0500": 17, "-03:30": 8, "Asia/Tashkent": 17} {
		zone, ok := readZone(name)
		if !ok || noon.In(zone).Hour() != hour {
			t.Errorf("%s: it is %v there, %t", name, zone, ok)
		}
	}
	for _, name := range []string{"+25", "5", "Tashkent", "05:00", "+5", "../etc/passwd"} {
		if zone, ok := readZone(name); ok {
			t.Errorf("%s is %v", name, zone)
		}
	}
	if zone, ok := readZone(""); !ok || zone != time.Local {
		t.Errorf("none is %v", zone)
	}
}
