using Berth.LocalCluster.Access;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>
/// Answers questions about users and their rights: kubectl auth can-i and whoami, and the programs that ask the API who calls them. The API
/// stores none of them.
/// </summary>
internal sealed class AccessReview(ObjectStore store, Identities identities, Authorizer authorizer)
{
    private const string Authorization = "/apis/authorization.k8s.io/v1/";
    private const string Authentication = "/apis/authentication.k8s.io/v1/";

    /// <summary>The kind of the question that is posted to a path; null when it is none.</summary>
    public static string? KindOf(string path) => path switch
    {
        Authorization + "selfsubjectaccessreviews" => "SelfSubjectAccessReview",
        Authorization + "selfsubjectrulesreviews" => "SelfSubjectRulesReview",
        Authorization + "subjectaccessreviews" => "SubjectAccessReview",
        Authentication + "selfsubjectreviews" => "SelfSubjectReview",
        Authentication + "tokenreviews" => "TokenReview",
        _ when path.StartsWith(Authorization + "namespaces/", StringComparison.Ordinal)
            && path.EndsWith("/localsubjectaccessreviews", StringComparison.Ordinal) => "LocalSubjectAccessReview",
        _ => null,
    };

    public JsonObject Answer(string kind, string user, JsonObject review)
    {
        JsonObject status = kind switch
        {
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = UserInfo(user) },
            "TokenReview" => OfToken(review.Text("spec", "token") ?? ""),
            "SelfSubjectRulesReview" => Rules(user, review.Text("spec", "namespace")),
            "SelfSubjectAccessReview" => Access(user, review),
            _ => Access(review.Text("spec", "user") ?? Identities.Anonymous, review),
        };
        string group = kind is "SelfSubjectReview" or "TokenReview" ? "authentication.k8s.io/v1" : "authorization.k8s.io/v1";
        return JsonWriting.Fields(
            ("kind", kind),
            ("apiVersion", group),
            ("metadata", review["metadata"]?.DeepClone() ?? new JsonObject()),
            ("spec", kind == "SelfSubjectReview" ? null : review["spec"]?.DeepClone() ?? new JsonObject()),
            ("status", status));
    }

    private JsonObject Access(string user, JsonObject review)
    {
        JsonNode? asked = review.At("spec", "resourceAttributes");
        ResourceKind? kind = store.Kinds.ByPlural(asked.Text("group") ?? "", asked.Text("resource") ?? "");
        string? Given(string field) => asked.Text(field) is { Length: > 0 } text ? text : null;
        bool allowed = kind is null
            ? user == Identities.Administrator
            : authorizer.Allows(
                user,
                new RequestTarget(kind, kind.Namespaced ? Given("namespace") : null, Given("name"), Given("subresource")),
                asked.Text("verb") ?? "");
        return JsonWriting.Fields(
            ("allowed", allowed), ("reason", kind is null ? $"the local cluster has no {asked.Text("resource")}" : null));
    }

    private JsonObject OfToken(string token) => identities.UserOf(token) is { } user
        ? new JsonObject
        {
            ["authenticated"] = true,
            ["user"] = UserInfo(user),
            ["audiences"] = JsonWriting.TextArray(ServiceAccountTokens.Audience),
        }
        : new JsonObject { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" };

    private JsonObject Rules(string user, string? @namespace) => new()
    {
        ["resourceRules"] = new JsonArray([.. authorizer.RulesOf(user, @namespace).Select(static rule => rule.DeepClone())]),
        ["nonResourceRules"] = new JsonArray(),
        ["incomplete"] = false,
    };

    private static JsonObject UserInfo(string user) =>
        new() { ["username"] = user, ["groups"] = JsonWriting.TextArray(Identities.GroupsOf(user)) };
}
