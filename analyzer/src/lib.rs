//! Reads Talos Linux machine configuration. No I/O.
