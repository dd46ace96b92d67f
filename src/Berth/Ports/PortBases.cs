using System.Globalization;

namespace Berth.Ports;

/// <summary>Reads base ports: <c>3000</c>, <c>3000/UDP</c>, or several with names, <c>game=4000,admin=5000/TCP</c>.</summary>
internal static class PortBases
{
    public static EndpointPort[]? Parse(string text, out string? fault) => Parse(text, "base port", out fault);

    /// <summary>Reads fixed ports in the same form.</summary>
    public static EndpointPort[]? ParseFixed(string text, out string? fault) => Parse(text, "port", out fault);

    private static EndpointPort[]? Parse(string text, string noun, out string? fault)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        EndpointPort[] bases = new EndpointPort[parts.Length];
        fault = null;
        for (int i = 0; i < parts.Length && fault is null; i++)
            bases[i] = ParseOne(parts[i], noun, mustBeNamed: parts.Length > 1, out fault);
        return fault is null ? bases : null;
    }

    private static EndpointPort ParseOne(string text, string noun, bool mustBeNamed, out string? fault)
    {
        string[] nameAndRest = text.Split('=', 2);
        string name = nameAndRest.Length == 2 ? nameAndRest[0] : "";
        string[] numberAndProtocol = nameAndRest[^1].Split('/', 2);
        string protocol = numberAndProtocol.Length == 2 ? numberAndProtocol[1].ToUpperInvariant() : "TCP";
        bool isNumber = long.TryParse(numberAndProtocol[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long port);
        fault = !isNumber
                ? $"The {noun} '{text}' is not a number. " +
                    "Choose one in 1..65535, such as 3000, or name several: game=4000,admin=5000/TCP."
            : port is < 1 or > 65535 ? $"The {noun} {port} is outside 1..65535. Choose a {(noun == "port" ? noun : "base")} in that range."
            : protocol is not ("TCP" or "UDP" or "SCTP")
                ? $"The {noun} '{text}' has the unknown protocol '{protocol}'. Choose TCP, UDP or SCTP."
            : name.Length == 0 && (mustBeNamed || nameAndRest.Length == 2)
                ? $"The {noun} '{text}' has no name. Name each of several: game=4000,admin=5000."
            : null;
        return fault is null ? new EndpointPort(name, (int)port, protocol) : default;
    }
}
