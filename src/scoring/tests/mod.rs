mod build;
mod edges;
mod figures;
mod fuzzed;
mod laws;
mod properties;
mod vectors;
mod vectors_ranked;
