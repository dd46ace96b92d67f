namespace Berth.Extensions.Hosting;

/// <summary>One named port of every pod: an item of <c>Berth:Views:NAME:Ports</c>.</summary>
public sealed class BerthPortSettings
{
    /// <summary>The name. Default: null; it is needed, and differs from the others.</summary>
    public string? Name { get; set; }

    /// <summary>The port of ordinal 0, 1 to 65535. Default: null; it is needed.</summary>
    public int? Base { get; set; }

    /// <summary>The protocol: <c>TCP</c>, <c>UDP</c> or <c>SCTP</c>. Default: <c>TCP</c>.</summary>
    public string Protocol { get; set; } = "TCP";
}
