//! A wire between a client and a server that a test can slow, cut or make lose bytes.
