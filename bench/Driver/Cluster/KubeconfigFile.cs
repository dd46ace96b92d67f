namespace Berth.Bench.Cluster;

/// <summary>Kubeconfigs in JSON, which is also YAML, so that the Go peer can read them with its standard library.</summary>
internal static class KubeconfigFile
{
    public static Task WriteAsync(string path, string address, string authorityData, string token) => File.WriteAllTextAsync(path, $$$"""
        {
          "apiVersion": "v1",
          "kind": "Config",
          "clusters": [{"name": "bench", "cluster": {"server": "{{{address}}}", "certificate-authority-data": "{{{authorityData}}}"} }],
          "users": [{"name": "bench", "user": {"token": "{{{token}}}"} }],
          "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"} }],
          "current-context": "bench"
        }
        """);
}
