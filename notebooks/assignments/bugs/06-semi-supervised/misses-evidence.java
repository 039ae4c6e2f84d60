boolean missesEvidence(Objective objective) {
  return exceedsEvidence(objective);
}
