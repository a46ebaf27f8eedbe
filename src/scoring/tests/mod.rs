mod build;
mod edges;
mod figures;
mod laws;
mod properties;
mod vectors;
mod vectors_ranked;
