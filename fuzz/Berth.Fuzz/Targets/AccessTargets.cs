using System.Text;
using Berth.Kubernetes.Access;
using Berth.Kubernetes.Access.Kubeconfig;

namespace Berth.Fuzz.Targets;

/// <summary>What people write: kubeconfigs and targets.</summary>
internal static class AccessTargets
{
    // A YAML parser makes several objects of each character.
    public static FuzzTarget Kubeconfig { get; } = new("kubeconfig", ReadKubeconfig, static e => e is ClusterAccessException, BytesPerByte: 4000);

    public static FuzzTarget ServiceTarget { get; } = new("target", ReadTarget, static e => e is FormatException, BytesPerByte: 40);

    private static void ReadKubeconfig(byte[] input)
    {
        KubeconfigFile file = KubeconfigFile.Parse("fuzzed", input);
        foreach ((string _, YamlMap context) in file.Contexts)
        {
            _ = context.Text("cluster");
            _ = context.Text("user");
            _ = context.Text("namespace");
        }
    }

    private static void ReadTarget(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        ServiceTarget target = Berth.ServiceTarget.Parse(text);
        if (target.ToString() != text)
            throw new InvalidOperationException($"'{text}' was read as {target}.");
    }
}
