using System.Globalization;
using System.Net;

namespace Berth.Cli.Options;

/// <summary>The options of UDP pings: of the program that answers them, and of service A, which names those that do.</summary>
internal static class PingSettings
{
    private const int DefaultPort = 9500;

    public static Setting<IPEndPoint[]> Listen { get; } = new(
        "listen", "ADDRESS:PORT", $"The address and port to listen on, * for every address; repeat for more. Default *:{DefaultPort}.",
        ParseEndPoints, [new IPEndPoint(IPAddress.IPv6Any, DefaultPort)], separator: ',');

    /// <summary>The Service whose pods answer pings, and their port, or null.</summary>
    public static Setting<(ServiceTarget Target, int Port)?> Target { get; } = new(
        "ping", "NAMESPACE/SERVICE:PORT", "The Service whose pods run berth ping, and their port. GET /v1/ping names one for each zone.",
        ParseTarget, null);

    private static IPEndPoint[] ParseEndPoints(string text, out string? fault)
    {
        List<IPEndPoint> endPoints = [];
        fault = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Without a port it would be port 0.
            string all = part.StartsWith("*:", StringComparison.Ordinal) ? "[::]" + part[1..] : part;
            if (IPEndPoint.TryParse(all, out IPEndPoint? endPoint) && endPoint.Port > 0)
                endPoints.Add(endPoint);
            else
                fault ??= $"'{part}' is not an address with a port. Write it as *:{DefaultPort}, 10.1.2.3:{DefaultPort} or "
                    + $"[fd00::1]:{DefaultPort}.";
        }

        if (endPoints.Count == 0)
            fault ??= $"There is no address to listen on. Give at least one, such as *:{DefaultPort}.";
        return [.. endPoints];
    }

    private static (ServiceTarget Target, int Port)? ParseTarget(string text, out string? fault)
    {
        int colon = text.LastIndexOf(':');
        string name = colon < 0 ? text : text[..colon];
        string port = colon < 0 ? "" : text[(colon + 1)..];
        if (!ServiceTarget.TryParse(name, out ServiceTarget target, out fault))
            return null;
        bool isPort = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number is > 0 and <= IPEndPoint.MaxPort;
        fault = isPort ? null : $"'{text}' names no port in 1..65535. Write it as {target}:{DefaultPort}.";
        return isPort ? (target, number) : null;
    }
}
