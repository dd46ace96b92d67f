using System.Globalization;
using System.Net;

namespace Berth.Cli.Up;

/// <summary>What to try once the cluster is ready.</summary>
internal static class ReadyMessage
{
    /// <summary>The script <c>berth</c> of the checkout says here how it was called, such as <c>./berth</c>.</summary>
    private const string CommandVariable = "BERTH_COMMAND";

    /// <summary>The command that starts this program again: the script's name, else <c>berth</c>, the installed program.</summary>
    public static string CommandOf(Func<string, string?> variable) =>
        variable(CommandVariable) is { Length: > 0 } command ? command : "berth";

    /// <summary>
    /// For the built-in manifests, with the very address that service A gave. The first suggestion needs nothing but this program; curl, nc
    /// and kubectl are not on every machine.
    /// </summary>
    public static IReadOnlyList<string> ForBuiltIn(TimeSpan after, UpPlan plan, IPEndPoint? address, string kubeconfig, string command)
    {
        string url = plan.ServiceAUrl.GetLeftPart(UriPartial.Authority);
        string ready = string.Create(CultureInfo.InvariantCulture, $"Ready after {after.TotalSeconds:0.0} s. Service A answers on {url}");
        if (address is null)
            return [ready + " (with nothing: there is no pod of service B).", .. Kubectl(kubeconfig), "Ctrl-C ends it all."];
        return
        [
            ready + ". Try:",
            $"  {command} call {url} hello     # asks service A for an address, and talks to that pod",
            $"  curl {url}     # an address of service B, such as {address}",
            string.Create(CultureInfo.InvariantCulture, $"  nc {address.Address} {address.Port}     # type a line: that very pod answers"),
            .. Kubectl(kubeconfig),
            "Ctrl-C ends it all.",
        ];
    }

    public static IReadOnlyList<string> ForManifests(TimeSpan after, string kubeconfig) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"Every pod is ready after {after.TotalSeconds:0.0} s. Try:"),
        $"  kubectl --kubeconfig {kubeconfig} get pods -A",
        "Ctrl-C ends it all.",
    ];

    /// <summary>What manifests ask for that processes of this machine cannot give, said once and each thing once.</summary>
    public static IReadOnlyList<string> NotEnforced(IReadOnlyList<string> lines) => lines.Count == 0 ? [] :
        ["Accepted, but not enforced here: " + string.Join(", ",
            lines.Select(
                static line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]).Distinct(StringComparer.Ordinal)) + "."];

    private static string[] Kubectl(string kubeconfig) =>
    [
        $"  kubectl --kubeconfig {kubeconfig} -n {UpPlan.Namespace} scale statefulset {UpPlan.ServiceB} --replicas 5",
        $"The kubeconfig is {kubeconfig}",
    ];
}
