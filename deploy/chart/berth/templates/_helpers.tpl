{{/* The image, by digest where there is one. */}}
{{- define "berth.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/* What Helm says of each of its objects. Never in a selector: those cannot change. */}}
{{- define "berth.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "berth.accountName" -}}
{{- .Values.dispatch.serviceAccount.name | default .Values.dispatch.name -}}
{{- end -}}

{{/* The namespaces of the targets, and of those that answer pings, each once, in their order. */}}
{{- define "berth.namespaces" -}}
{{- $seen := list -}}
{{- range .Values.dispatch.targets -}}
{{- $seen = append $seen (.namespace | default $.Release.Namespace) -}}
{{- end -}}
{{- with .Values.dispatch.ping -}}
{{- $seen = append $seen (splitList "/" . | first) -}}
{{- end -}}
{{- $seen | uniq | join "," -}}
{{- end -}}

{{/* True when nodes are read: for addresses outside, unless a map is all that they come from. */}}
{{- define "berth.readsNodes" -}}
{{- $reads := and (ne .Values.dispatch.address "internal") (empty .Values.dispatch.externalFrom) -}}
{{- range .Values.dispatch.externalFrom -}}
{{- if not (hasPrefix "map=" .) -}}{{- $reads = true -}}{{- end -}}
{{- end -}}
{{- $reads -}}
{{- end -}}

{{- define "berth.securityContext" -}}
runAsNonRoot: true
# By number: the image has no /etc/passwd.
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "berth.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: ["ALL"]
{{- end -}}
