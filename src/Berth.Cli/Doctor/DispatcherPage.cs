using System.Net;

namespace Berth.Cli.Doctor;

/// <summary>The answer of one replica of service A.</summary>
/// <param name="Name">The URL, with the address where the name has several.</param>
/// <param name="Fault">A sentence when it did not answer as service A does; else null.</param>
/// <param name="State">The state of the target: <c>live</c> or <c>stale</c>.</param>
/// <param name="Reason">The reason for being stale, or null.</param>
/// <param name="Pods">The pods that it hands out: name, UID and address.</param>
/// <param name="Version">The version of the program, or null.</param>
/// <param name="Clock">The comparison of its clock with ours.</param>
/// <param name="Remedy">What to do about the fault, or null for the usual remedy.</param>
internal sealed record DispatcherPage(
    string Name, string? Fault, string? State, string? Reason, IReadOnlyList<string> Pods, string? Version, CheckResult? Clock,
    string? Remedy = null)
{
    public static DispatcherPage Broken(string name, string fault, string? remedy = null) =>
        new(name, fault, null, null, [], null, null, remedy);

    /// <summary>The name of a replica at one of the addresses of a URL.</summary>
    public static string NameOf(Uri url, IPAddress address, bool isOne) =>
        isOne ? url.GetLeftPart(UriPartial.Authority) : $"{url.GetLeftPart(UriPartial.Authority)} at {address}";
}
