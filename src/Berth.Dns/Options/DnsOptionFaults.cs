using Berth.Dns.Messages;

namespace Berth.Dns.Options;

/// <summary>Finds the errors in the options, one sentence each.</summary>
internal static class DnsOptionFaults
{
    public static IEnumerable<string> Find(DnsEndpointSourceOptions options) =>
        OfNames(options).Concat(OfTimes(options)).Concat(OfNumbers(options));

    private static IEnumerable<string> OfNames(DnsEndpointSourceOptions options)
    {
        if (!DnsNames.IsAskable(options.ClusterDomain))
            yield return $"The cluster domain '{options.ClusterDomain}' is not a DNS name. Write it as in cluster.local, without a dot " +
                "at either end.";
        if (options.Servers.Count == 0 && string.IsNullOrEmpty(options.ResolvConf))
            yield return "Neither DNS servers nor a file that names them is given. Give one of both.";
        foreach (DnsServicePort port in options.ServicePorts)
        {
            if (port.Name is null || port.Name.Length > 15 || !DnsNames.IsHostLabel(port.Name))
                yield return $"The port name '{port.Name}' is not one Kubernetes allows (1 to 15 of a-z, 0-9 and '-'). Give the name the " +
                    "Service has for the port.";
            if (port.Protocol is not ("TCP" or "UDP" or "SCTP"))
                yield return $"The protocol '{port.Protocol}' of port '{port.Name}' is not TCP, UDP or SCTP. Write it in capitals, as " +
                    "Kubernetes does.";
        }

        if (options.ServicePorts.Distinct().Count() != options.ServicePorts.Count)
            yield return "A service port is given twice. Name each once.";
    }

    private static IEnumerable<string> OfTimes(DnsEndpointSourceOptions options)
    {
        if (options.MinTtl <= TimeSpan.Zero)
            yield return $"MinTtl is {options.MinTtl}. Give a duration above zero.";
        if (options.MaxTtl < options.MinTtl || options.MaxTtl > TimeSpan.FromDays(1))
            yield return $"MaxTtl is {options.MaxTtl}. Give a duration from MinTtl ({options.MinTtl}) to one day.";
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > TimeSpan.FromMinutes(1))
            yield return $"Timeout is {options.Timeout}. Give a duration above zero and up to a minute.";
    }

    private static IEnumerable<string> OfNumbers(DnsEndpointSourceOptions options)
    {
        if (!Enum.IsDefined(options.Families))
            yield return $"Families is {(int)options.Families}. Give one of {string.Join(", ", Enum.GetNames<DnsAddressFamilies>())}.";
        if (options.FirstOrdinal < 0)
            yield return $"FirstOrdinal is {options.FirstOrdinal}. Give 0 or more.";
        if (options.OrdinalGap is < 1 or > 1000)
            yield return $"OrdinalGap is {options.OrdinalGap}. Give 1 to 1000.";
        if (options.Tries is < 1 or > 10)
            yield return $"Tries is {options.Tries}. Give 1 to 10.";
        if (options.MaxParallelQueries is < 1 or > 256)
            yield return $"MaxParallelQueries is {options.MaxParallelQueries}. Give 1 to 256.";
        if (options.MaxPods < 1)
            yield return $"MaxPods is {options.MaxPods}. Give 1 or more.";
    }
}
