mod build;
mod edges;
mod figures;
mod properties;
mod vectors;
