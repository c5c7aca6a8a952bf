// What the heap, jemalloc, is told at its start: see ADR 0019 and `man 3 jemalloc`. Elsewhere nobody reads it.
// Memory that is free goes back to the system after half a second, on a thread of the heap's own, so that a burst
// doesn't stay in the process.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0";
}
