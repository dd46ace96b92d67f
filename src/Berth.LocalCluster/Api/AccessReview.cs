using Berth.LocalCluster.Access;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Api;

/// <summary>Answers kubectl auth can-i, which asks for the caller's own rights. The API stores nothing of it.</summary>
internal static class AccessReview
{
    public const string Path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    public static JsonObject Answer(JsonObject review, KindSet kinds, Func<RequestTarget?, string, bool> allows)
    {
        JsonNode? asked = review.At("spec", "resourceAttributes");
        ResourceKind? kind = kinds.ByPlural(asked.Text("group") ?? "", asked.Text("resource") ?? "");
        string? Given(string field) => asked.Text(field) is { Length: > 0 } text ? text : null;
        RequestTarget? target = kind is null
            ? null
            : new(kind, kind.Namespaced ? Given("namespace") : null, Given("name"), Given("subresource"));
        JsonObject status = JsonWriting.Fields(
            ("allowed", allows(target, asked.Text("verb") ?? "")),
            ("reason", kind is null ? $"the local cluster has no {asked.Text("resource")}" : null));
        return JsonWriting.Fields(
            ("kind", "SelfSubjectAccessReview"),
            ("apiVersion", "authorization.k8s.io/v1"),
            ("metadata", new JsonObject()),
            ("spec", review["spec"]?.DeepClone()),
            ("status", status));
    }
}
