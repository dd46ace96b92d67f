namespace Berth.Pods;

/// <summary>The texts that were asked of one endpoint. Threads that ask at once may each make one; all are equal.</summary>
internal sealed class EndpointTexts
{
    public string? Name { get; set; }

    public string? Authority { get; set; }

    public byte[]? AuthorityUtf8 { get; set; }
}
