using System.Text;
using Berth.Kubernetes;
using Berth.Kubernetes.Access.Kubeconfig;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Fuzz.Targets;

/// <summary>Text that people write (kubeconfigs and targets) and the output of their plugins.</summary>
internal static class AccessTargets
{
    private static readonly string s_nowhere = Path.Combine(Path.GetTempPath(), "berth-fuzz-nowhere");
    private static readonly string[] s_paths = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];
    private static readonly Lazy<ExecPlugin> s_plugin = new(MakePlugin);

    // A YAML parser makes several objects of each character.
    public static FuzzTarget Kubeconfig { get; } = new(
        "kubeconfig", ReadKubeconfig, static e => e is ClusterAccessException, BytesPerByte: 4000);

    public static FuzzTarget ExecAnswer { get; } = new(
        "exec-answer", ReadAnswer, static e => e is ClusterAccessException, BytesPerByte: 200);

    public static FuzzTarget ServiceTarget { get; } = new("target", ReadTarget, static e => e is FormatException, BytesPerByte: 40);

    /// <summary>
    /// Reads as much as possible without reading other files or starting a plugin: every context, with its certificates and the input of
    /// its plugin.
    /// </summary>
    private static void ReadKubeconfig(byte[] input)
    {
        KubeconfigFile file = KubeconfigFile.Parse(Path.Combine(s_nowhere, "fuzzed"), input);
        KubeconfigSet set = new([file]);
        foreach ((string name, YamlMap context) in file.Contexts)
        {
            try
            {
                if (!NamesAFile(set, name, context))
                    LoadAll(set, name, context);
            }
            catch (ClusterAccessException)
            {
                // One context is refused; the next one may be accepted.
            }
        }
    }

    private static void LoadAll(KubeconfigSet set, string name, YamlMap context)
    {
        ClusterAccessOptions options = new() { Context = name, Environment = static _ => null };
        KubeconfigAccess.Load(set, options);
        if (context.Text("cluster") is { } cluster && context.Text("user") is { } user && set.User(user, name).Map("exec") is { } exec)
            ExecPlugin.Read(
                exec, user, KubeconfigCluster.Read(set.Cluster(cluster, name), cluster, NullLogger.Instance), options).Request();
    }

    /// <summary>
    /// True when it names an existing file of this machine: its content is not part of the input, and some files never end.
    /// </summary>
    private static bool NamesAFile(KubeconfigSet set, string name, YamlMap context)
    {
        YamlMap?[] entries =
        [
            context.Text("cluster") is { } cluster ? set.Cluster(cluster, name) : null,
            context.Text("user") is { } user ? set.User(user, name) : null
        ];
        return entries.Any(
            static entry => entry is not null && s_paths.Any(key => entry.Text(key) is { } path && Path.Exists(entry.Resolve(path))));
    }

    private static void ReadAnswer(byte[] input) => Berth.Kubernetes.Access.Kubeconfig.ExecAnswer.Parse(input, s_plugin.Value);

    private static ExecPlugin MakePlugin()
    {
        const string Text = """
            {"apiVersion":"v1","kind":"Config","clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:1"}}],
             "users":[{"name":"u","user":{"exec":{"apiVersion":"client.authentication.k8s.io/v1","command":"get-token"}}}]}
            """;
        KubeconfigFile file = KubeconfigFile.Parse("fuzzed", Encoding.UTF8.GetBytes(Text));
        KubeconfigCluster cluster = KubeconfigCluster.Read(file.Clusters["c"], "c", NullLogger.Instance);
        return ExecPlugin.Read(file.Users["u"].Map("exec")!, "u", cluster, new ClusterAccessOptions { Environment = static _ => null });
    }

    private static void ReadTarget(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        ServiceTarget target = Berth.ServiceTarget.Parse(text);
        if (target.ToString() != text)
            throw new InvalidOperationException($"'{text}' was read as {target}.");
    }
}
