using System.Globalization;
using System.Net;

namespace Berth.Cli.Up;

/// <summary>The message of a ready cluster, with commands to try.</summary>
internal static class ReadyMessage
{
    /// <summary>The variable in which the script <c>berth</c> of the checkout passes how it was called, such as <c>./berth</c>.</summary>
    private const string CommandVariable = "BERTH_COMMAND";

    /// <summary>Returns the command that starts this program: the script, or <c>berth</c>, the installed program.</summary>
    public static string CommandOf(Func<string, string?> variable) =>
        variable(CommandVariable) is { Length: > 0 } command ? command : "berth";

    /// <summary>
    /// Returns the message for the built-in manifests, with the address that service A returned. The first suggestion needs only this
    /// program, because not every machine has curl, nc and kubectl.
    /// </summary>
    public static IReadOnlyList<string> ForBuiltIn(
        TimeSpan after, UpOptions options, IPEndPoint? address, string kubeconfig, string command)
    {
        string url = options.ServiceAUrl.GetLeftPart(UriPartial.Authority);
        string ready = string.Create(CultureInfo.InvariantCulture, $"Ready after {after.TotalSeconds:0.0} s. Service A answers on {url}");
        if (address is null)
            return [ready + " (with nothing: there is no pod of service B).", .. Kubectl(kubeconfig), "Ctrl-C stops everything."];
        if (options.Seats is not null)
            return [ready + ". Try:", .. Seats(options, url, command), .. Kubectl(kubeconfig), "Ctrl-C stops everything."];
        return
        [
            ready + ". Try:",
            $"  {command} call {url} hello     # asks service A for an address, and talks to that pod",
            $"  curl {url}     # an address of service B, such as {address}",
            string.Create(CultureInfo.InvariantCulture, $"  nc {address.Address} {address.Port}     # type a line: that pod answers"),
            .. Kubectl(kubeconfig),
            "Ctrl-C stops everything.",
        ];
    }

    /// <summary>
    /// Returns the message that is shown as soon as the API answers, because pods may take a while, or never become ready.
    /// </summary>
    public static IReadOnlyList<string> Answers(string kubeconfig) =>
    [
        $"The cluster answers; its pods are starting. kubectl --kubeconfig {kubeconfig} get pods -A",
    ];

    public static IReadOnlyList<string> ForManifests(TimeSpan after, string kubeconfig) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"Every pod is ready after {after.TotalSeconds:0.0} s. Try:"),
        $"  kubectl --kubeconfig {kubeconfig} get pods -A",
        "Ctrl-C stops everything.",
    ];

    /// <summary>Returns the message about fields of manifests that processes of this machine cannot enforce, each once.</summary>
    public static IReadOnlyList<string> NotEnforced(IReadOnlyList<string> lines) => lines.Count == 0 ? [] :
        ["Accepted, but not enforced here: " + string.Join(", ",
            lines.Select(
                static line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]).Distinct(StringComparer.Ordinal)) + "."];

    private static string[] Seats(UpOptions options, string url, string command) =>
    [
        $"  {command} call {url} --seat {UpOptions.Namespace}/{UpOptions.ServiceB}     # reserves a seat, and shows its ticket to the pod",
        $"  curl {url}/v1/seats/{UpOptions.Namespace}/{UpOptions.ServiceB}     # the seats of each pod",
    ];

    private static string[] Kubectl(string kubeconfig) =>
    [
        $"  kubectl --kubeconfig {kubeconfig} -n {UpOptions.Namespace} scale statefulset {UpOptions.ServiceB} --replicas 5",
        $"The kubeconfig is {kubeconfig}",
    ];
}
