namespace Berth.Kubernetes.Access.Credentials;

/// <summary>A credential that never changes: a token or a password in a kubeconfig, or none.</summary>
internal sealed class FixedCredential(Credential credential) : ICredentialSource
{
    internal static FixedCredential Anonymous { get; } = new(Credential.None);

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credential);

    public void Refuse(Credential refused)
    {
        // There is no file to read again.
    }
}
