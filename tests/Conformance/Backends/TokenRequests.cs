using System.Text.Json.Nodes;
using Berth.Conformance.Api;
using Berth.TestKit;

namespace Berth.Conformance.Backends;

/// <summary>
/// Tokens through the TokenRequest API. Ten minutes are the shortest life that a server allows; a token that is bound to a Secret ends when
/// the Secret is deleted (https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/), some seconds
/// later if the server caches answers.
/// </summary>
internal sealed class TokenRequests(KubeApi api, string @namespace, TimeSpan patience)
{
    private readonly List<(string Secret, string Token)> _issued = [];

    private string Secrets => $"/api/v1/namespaces/{@namespace}/secrets";

    public async Task<string> IssueAsync()
    {
        JsonObject anchor = new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["generateName"] = "token-anchor-" },
        };
        JsonNode secret = await api.CreateAsync(Secrets, anchor);
        string name = secret["metadata"]!["name"]!.GetValue<string>();
        JsonNode answer = await api.CreateAsync($"/api/v1/namespaces/{@namespace}/serviceaccounts/{Backend.Account}/token", new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject
            {
                ["expirationSeconds"] = 3600,
                ["boundObjectRef"] = new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Secret",
                    ["name"] = name,
                    ["uid"] = secret["metadata"]!["uid"]!.GetValue<string>(),
                },
            },
        });
        string token = answer["status"]!["token"]!.GetValue<string>();
        _issued.Add((name, token));
        return token;
    }

    public async Task ExpireAsync()
    {
        foreach ((string secret, string token) in _issued)
        {
            await api.DeleteAsync($"{Secrets}/{secret}");
            await Wait.UntilAsync(
                () => api.StatusForAsync(token, "/version"),
                status => status == System.Net.HttpStatusCode.Unauthorized,
                patience,
                $"The token bound to secret {secret}, now deleted, is refused",
                TestContext.Current.CancellationToken);
        }

        _issued.Clear();
    }
}
