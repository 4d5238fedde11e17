//! Black-box tests of Mainstay. There is nothing here: the tests are in `api`, one file a use
//! case, over HTTP on a server and a database of their own, and in `walls`, which hold the
//! architecture.
