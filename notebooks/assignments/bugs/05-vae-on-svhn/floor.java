double largest(int n, double floor) {
  return -n * Math.log(floor);
}
