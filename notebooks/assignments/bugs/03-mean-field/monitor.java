double monitor(double v, double a, double b) {
  return Math.log(v) - LogGamma.value(a) * Math.log(b);
}
