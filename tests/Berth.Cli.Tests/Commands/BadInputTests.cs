using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

/// <summary>Wrong input: the answer is a sentence that says what to do, an exit code, and no stack trace.</summary>
public sealed class BadInputTests
{
    private static readonly Dictionary<string, string> s_pod = new() { ["POD_NAME"] = "service-b-1" };

    public static TheoryData<string, string> Mistakes { get; } = new()
    {
        { "", "Required command was not provided" },
        { "frobnicate", "Unrecognized command or argument 'frobnicate'" },
        { "get port --bogus", "Unrecognized command or argument '--bogus'" },
        { "get port --stride", "Required argument missing for option: '--stride'" },
        { "get port --stride 1 --stride 2", "--stride is given more than once" },
        { "get port --base-port 0", "The base port 0 is outside 1..65535. Choose a base in that range." },
        { "get port --base-port 65536", "The base port 65536 is outside 1..65535" },
        { "get port --base-port x", "The base port 'x' is not a number" },
        { "get port --base-port game=4000,5000", "The base port '5000' has no name" },
        { "get port --base-port a=4000,b=4000", "both 4000/TCP" },
        { "get port --base-port a=4000,a=5000", "Two base ports are named 'a'" },
        { "get port --base-port 4000/ICMP", "unknown protocol 'ICMP'" },
        { "get port --stride 0", "The stride 0 is outside 1..65535" },
        { "get port --stride -1", "The stride -1 is outside 1..65535" },
        { "get port --base-port 65535", "is above 65535" },
        { "get port --fixed-port 0", "The port 0 is outside 1..65535" },
        { "get port --fixed-port 80 --base-port 3000", "--base-port and --fixed-port are both given" },
        { "get port --fixed-port 80 --stride 2", "--stride has no meaning with --fixed-port" },
        { "get port -o yaml", "There is no output format 'yaml'. Choose one of text, json." },
        { "get port --config /nowhere/berth.json", "The configuration file /nowhere/berth.json cannot be read" },
        { "get endpoints service-b", "The target 'service-b' is not of the form NAMESPACE/SERVICE" },
        { "get endpoints Ns/service-b", "The namespace 'Ns' contains 'N'" },
        { "get endpoints a/b --address outside", "There is no address mode 'outside'" },
        { "get endpoints a/b --address external --external-from dns", "'dns' is no source of external addresses. Give external-ip, " },
        { "get endpoints a/b --address external --external-from label=a/b/c", "'a/b/c' is no key of a label or an annotation" },
        { "get endpoints a/b --address external --external-from map=/nowhere", "There is no file /nowhere, named as the address map" },
        { "get endpoints a/b --external-from external-ip,external-dns", "internal addresses are asked for" },
        { "get endpoints a/b --address external --external-from external-dns", "external-dns gives names and no address" },
        { "get endpoints a/b --address external --external-from external-ip,external-ip", "is given twice" },
        { "get endpoints a/b --host-template {service}.example.com", "'{service}' stands for nothing; known are {pod}, " },
        { "watch a/b --host-template a..b", "The template of host names 'a..b' cannot be used" },
        { "get endpoints a/b --prefer ipv5", "There is no address family 'ipv5'" },
        { "get endpoints a/b --timeout soon", "'soon' is not a duration" },
        { "get endpoints a/b --kubeconfig /nowhere/config", "/nowhere/config" },
        { "watch a/b --kubeconfig /nowhere/config", "/nowhere/config" },
        { "dispatch", "There is no target" },
        { "dispatch --target a/b", "Give one of --base-port, --port-name, --fixed-port" },
        { "dispatch --target a/b/c --base-port 3000", "The target 'a/b/c' is not of the form NAMESPACE/SERVICE" },
        { "dispatch --target a/b --base-port 3000 --picker best", "There is no picker 'best'. Choose one of random, round-robin, sticky, " +
            "ordinal:N, pod:NAME." },
        { "dispatch --target a/b --base-port 3000 --picker seats", "--picker seats needs desks. Give --seat-keys too" },
        { "echo --base-port 3000 --seats 2 --seat-keys k --seats-tls-cert a", "A desk with TLS needs --seats-tls-cert and" },
        { "drain --seat-keys k --desk-name desk.games", "--desk-name has no meaning without TLS" },
        { "dispatch --target a/b --base-port 3000 --urls ftp://x", "The address 'ftp://x' does not start with http://" },
        { "dispatch --target a/b --base-port 3000 --kubeconfig /nowhere/config", "/nowhere/config" },
        { "dispatch --target a/b --base-port 3000 --urls https://*:0", "needs TLS, and there is no certificate" },
        { "dispatch --target a/b --base-port 3000 --tls-cert /nowhere.crt --tls-key /nowhere.key", "There is no file /nowhere.crt" },
        { "dispatch --target a/b --base-port 3000 --tls-cert /nowhere.crt", "There are 1 --tls-cert and 0 --tls-key" },
        { "dispatch --target a/b --base-port 3000 --client-ca /nowhere.crt", "--client-ca has no meaning without TLS" },
        { "dispatch --target a/b --base-port 3000 --token-file /nowhere", "There is no file /nowhere, named as --token-file" },
        { "dispatch --target a/b --base-port 3000 --client-subject CN=x", "a subject of clients, and no CA" },
        { "dispatch --target a/b --base-port 3000 --cors-origin play", "The origin 'play' is not as browsers send it" },
        { "dispatch --target a/b --base-port 3000 --admin-urls ftp://x", "The address 'ftp://x' does not start with" },
        { "dispatch --target a/b --base-port 3000 --client-requests 0", "The number of requests a second 0 is outside 1..1000000" },
        { "dispatch --target a/b --base-port 3000 --trusted-proxy 10.0.0.0/33", "'10.0.0.0/33' is not a network" },
        { "dispatch --target a/b --base-port 3000 --proxy-protocol true", "PROXY protocol is on, and no proxy is trusted" },
        { "dispatch --target a/b --from service-a:8000", "--from: 'service-a:8000' is no address of a dispatcher" },
        { "dispatch --target a/b --from http://a --from http://a", "--from: The dispatcher http://a/ is given twice" },
        { "dispatch --target a/b --from http://a --kubeconfig x", "--kubeconfig has no meaning with --from" },
        { "dispatch --target a/b --from http://a --address external", "--address has no meaning with --from" },
        { "dispatch --target a/b --base-port 3000 --from-ca x", "--from-ca has no meaning without --from" },
        { "echo --bind here", "'here' is not an IP address" },
        { "echo --drain -1s", "'-1s' is not a duration" },
        { "echo --log-format xml", "There is no log format 'xml'" },
        { "probe --timeout 0", "The duration 0 is below 1ms" },
        { "call ftp://somewhere", "'ftp://somewhere' is not the address of service A" },
        { "call http://127.0.0.1:1 --count 0", "The count 0 is outside 1..1000000" },
        { "up --replicas -1", "The number of replicas -1 is outside 0..1000" },
        { "up --base-port 65535 --replicas 2", "would end at 65536, above 65535" },
        { "up --base-port 8000", "Port 8000 would be both service A's and a pod's" },
        { "up -f /nowhere.yaml", "There is no file or folder '/nowhere.yaml'" },
        { "up -f / --replicas 2", "--replicas changes the built-in manifests" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Usage_error_is_a_sentence_with_exit_code_2(string arguments, string sentence)
    {
        BerthResult result = await BerthProcess.RunAsync(
            Programs.Any, s_pod, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        result.AssertRefused(2, sentence);
    }

    [Fact]
    public async Task All_faults_are_reported_at_once_with_their_origins()
    {
        Dictionary<string, string> environment = new() { ["POD_NAME"] = "service-b-1", ["BERTH_STRIDE"] = "zero" };
        BerthResult result = await BerthProcess.RunAsync(Programs.Any, environment, "get", "port", "--base-port", "70000", "-o", "xml");
        result.AssertRefused(
            2, "--base-port: The base port 70000", "BERTH_STRIDE: The stride 'zero'", "--output: There is no output format 'xml'");
    }

    [Theory]
    [InlineData(null, "POD_NAME is not set. Add it to the pod template from fieldRef metadata.name.")]
    [InlineData("web", "'web' has no '-' before an ordinal")]
    [InlineData("web-007", "leading zeros")]
    [InlineData("Web-1", "contains 'W'")]
    public async Task Pod_without_a_usable_name_gets_a_sentence(string? name, string sentence)
    {
        Dictionary<string, string> environment = name is null ? [] : new() { ["POD_NAME"] = name };
        foreach (string[] command in new string[][] { ["echo"], ["probe"], ["get", "port"] })
            (await BerthProcess.RunAsync(Programs.Any, environment, command)).AssertRefused(2, sentence);
    }

    [Fact]
    public async Task The_hostname_is_never_taken_for_the_pods_name()
    {
        BerthResult result = await BerthProcess.RunAsync(
            Programs.Any, new Dictionary<string, string> { ["HOSTNAME"] = "service-b-1" }, "get", "port");
        result.AssertRefused(2, "POD_NAME is not set");
    }

    [Fact]
    public async Task Unreachable_service_A_is_exit_code_3()
    {
        BerthResult result = await BerthProcess.RunAnyAsync("call", $"http://127.0.0.1:{FreePorts.Take()}");
        result.AssertRefused(3, "did not answer: the connection was refused");
    }

    [Theory]
    [MemberData(nameof(Programs.Both), MemberType = typeof(Programs))]
    public async Task Native_and_jit_programs_refuse_alike(string form)
    {
        BerthResult result = await BerthProcess.RunAsync(form, s_pod, "get", "port", "--base-port", "0", "--stride", "0");
        result.AssertRefused(2, "The base port 0 is outside 1..65535", "The stride 0 is outside 1..65535");
    }
}
