package main

// Windows has no zones by the names that --timezone takes.
import _ "time/tzdata"
