boolean hasOpinion(PictureScore score) {
  double[] grey = {0.5, 0.5};
  return Math.abs(score.of(grey, grey)) > 1e-9;
}
