using Berth.Kubernetes.Diagnostics;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// The <c>exec</c> entry of a user: a program that prints a credential. See
/// <see href="https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins"/>.
/// </summary>
internal sealed class ExecPlugin
{
    internal const string V1 = "client.authentication.k8s.io/v1";
    internal const string V1Beta1 = "client.authentication.k8s.io/v1beta1";

    private ExecPlugin()
    {
    }

    internal required string ApiVersion { get; init; }

    /// <summary>The command as written, for messages.</summary>
    internal required string Command { get; init; }

    /// <summary>The file to start; null when there is none.</summary>
    internal required string? Program { get; init; }

    internal required IReadOnlyList<string> Arguments { get; init; }

    internal required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Returns the value of KUBERNETES_EXEC_INFO.</summary>
    internal required Func<string> Request { get; init; }

    internal required string? InstallHint { get; init; }

    internal required string User { get; init; }

    /// <summary>Receives each line that the plugin writes to standard error, at once.</summary>
    internal required Action<string> Say { get; init; }

    /// <exception cref="ClusterAccessException">A value is missing, malformed, or not supported.</exception>
    internal static ExecPlugin Read(YamlMap exec, string user, KubeconfigCluster cluster, ClusterAccessOptions options)
    {
        string version = exec.Text("apiVersion") ?? throw exec.Fault($"the exec plugin of user \"{user}\" has no apiVersion");
        if (version is not (V1 or V1Beta1))
            throw exec.Fault($"the exec plugin of user \"{user}\" has apiVersion {version}; Berth supports {V1} and {V1Beta1}");
        string command = exec.Text("command") ?? throw exec.Fault($"the exec plugin of user \"{user}\" has no command");
        if (exec.Text("interactiveMode") is "Always")
            throw exec.Fault($"the exec plugin of user \"{user}\" has interactiveMode Always, but Berth cannot ask a user; "
                + "use a plugin that needs no input");

        bool clusterInfo = exec.Flag("provideClusterInfo");
        return new ExecPlugin
        {
            ApiVersion = version,
            Command = command,
            Program = ExecPath.Find(command, exec, options.Environment("PATH")),
            Arguments = exec.Texts("args"),
            Environment = ReadEnvironment(exec, user),
            Request = () => ExecRequest.Write(version, clusterInfo ? cluster : null),
            InstallHint = exec.Text("installHint"),
            User = user,
            Say = options.PluginOutput ?? (line => Log.PluginSays(options.Logger, command, user, line)),
        };
    }

    public override string ToString() => $"exec plugin {Command} of user {User}";

    private static Dictionary<string, string> ReadEnvironment(YamlMap exec, string user)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (YamlMap entry in exec.Maps("env"))
        {
            string name = entry.Text("name") ?? throw entry.Fault($"an env entry of the exec plugin of user \"{user}\" has no name");
            variables[name] = entry.Text("value") ?? "";
        }

        return variables;
    }
}
