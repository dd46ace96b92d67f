using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Cli.Exec;

/// <summary>
/// Replaces placeholders in arguments by the values of this pod, and creates its variables: <c>{port}</c>, <c>{port:NAME}</c>,
/// <c>{ordinal}</c> and others.
/// </summary>
/// <param name="self">The pod.</param>
/// <param name="ports">Its ports, the main one first.</param>
/// <param name="address">Its address, or null when it is not known.</param>
internal sealed partial class Placeholders(PodIdentity self, IReadOnlyList<EndpointPort> ports, string? address)
{
    /// <summary>The variable with the address as clients see it, which <c>berth get address --env-file</c> writes.</summary>
    public const string AddressVariable = "POD_ADDRESS";

    /// <summary>The variable with the pod's own address, from fieldRef status.podIP.</summary>
    public const string PodIPVariable = "POD_IP";

    /// <summary>Fills a text. <c>{{port}}</c> stands for the text <c>{port}</c>; other braces stay as they are.</summary>
    /// <param name="text">The text.</param>
    /// <param name="faults">Receives a sentence for each placeholder that has no value.</param>
    public string Fill(string text, ICollection<string> faults) => Pattern().Replace(text, match =>
    {
        string inner = match.Groups["inner"].Value;
        if (match.Groups["open"].Length == 2 && match.Groups["close"].Length == 2)
            return "{" + inner + "}";
        if (ValueOf(inner, out string? fault) is { } value)
            return $"{match.Groups["open"].Value[1..]}{value}{match.Groups["close"].Value[1..]}";
        faults.Add(fault!);
        return match.Value;
    });

    /// <summary>The variables for the server, as NAME=VALUE: <c>BERTH_POD_PORT</c> and others. None is an option of <c>berth</c>.</summary>
    public IEnumerable<string> Variables()
    {
        yield return "BERTH_POD_PORT=" + Text(ports[0].Number);
        foreach (EndpointPort port in ports.Where(static port => port.Name.Length > 0))
            yield return $"BERTH_POD_PORT_{port.Name.ToUpperInvariant().Replace('-', '_')}={Text(port.Number)}";
        if (self.Ordinal is { } ordinal)
            yield return "BERTH_POD_ORDINAL=" + Text(ordinal);
        if (address is not null)
            yield return "BERTH_POD_ADDRESS=" + address;
    }

    private string? ValueOf(string word, out string? fault)
    {
        fault = null;
        if (word.StartsWith("port:", StringComparison.Ordinal))
        {
            string name = word["port:".Length..];
            foreach (EndpointPort port in ports)
            {
                if (port.Name == name)
                    return Text(port.Number);
            }

            string known = string.Join(", ", ports.Where(static port => port.Name.Length > 0).Select(static port => port.Name));
            fault = $"{{{word}}}: no port is named '{name}'. "
                + (known.Length == 0 ? "Give names, as in --base-port game=4000,admin=5000." : $"Choose one of {known}.");
            return null;
        }

        string? value = word switch
        {
            "port" => Text(ports[0].Number),
            "ordinal" => self.Ordinal is { } ordinal ? Text(ordinal) : null,
            "address" => address,
            "namespace" => self.Namespace,
            _ => self.Name,
        };
        if (value is null)
        {
            fault = word switch
            {
                "ordinal" => $"{{ordinal}}: the pod's name '{self.Name}' has none. Only a StatefulSet's pods have ordinals.",
                "namespace" => $"{{namespace}}: {PodIdentity.NamespaceVariable} is not set. Add it from fieldRef metadata.namespace.",
                _ => $"{{address}}: neither {AddressVariable} nor {PodIPVariable} is set. Add {PodIPVariable} from fieldRef status.podIP.",
            };
        }

        return value;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"(?<open>\{{1,2})(?<inner>port(:[^{}]*)?|ordinal|address|name|namespace)(?<close>\}{1,2})", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
