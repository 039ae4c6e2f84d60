package org.lowerbound.claims;

/** A statement of the text that its measurement contradicts; thrown where the claim is made. */
public final class ClaimFailed extends AssertionError {

  private static final long serialVersionUID = 1L;

  private final transient Claim claim;

  ClaimFailed(String chapter, Claim claim) {
    super(
        "Claim of "
            + chapter
            + " does not hold: "
            + claim.statement()
            + "\n  expected "
            + claim.expected()
            + ", measured "
            + claim.measuredText()
            + (claim.toleranceText().isEmpty() ? "" : ", tolerance " + claim.toleranceText()));
    this.claim = claim;
  }

  /** The claim that failed. */
  public Claim claim() {
    return claim;
  }
}
