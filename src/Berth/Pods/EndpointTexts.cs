namespace Berth.Pods;

/// <summary>
/// The texts of one endpoint that a reader has asked for. Several threads may each create one at the same time; they are equal.
/// </summary>
internal sealed class EndpointTexts
{
    public string? Name { get; set; }

    public string? Authority { get; set; }

    public byte[]? AuthorityUtf8 { get; set; }
}
