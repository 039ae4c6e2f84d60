double impliedBeta(Loss loss, int D, int latents) {
  double[] fair = new double[D], zero = {0}, one = {1};
  double reconstruction = loss.of(fair, fair, zero, zero);
  double kl = loss.of(fair, fair, one, zero) - reconstruction;
  return (kl / 0.5) / (reconstruction / (D * Math.log(2)));
}
