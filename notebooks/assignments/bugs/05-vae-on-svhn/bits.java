double bitsPerDimension(double nats, int D, double c) {
  return -nats / D + Math.log(c);
}
