/** Names in several languages: `shown` is the display form, `plain` what goes into mail addresses. */
interface Name {
  readonly shown: string;
  readonly plain: string;
}

function names(text: string): readonly Name[] {
  return text.split(" ").map((word) => {
    const [shown = "", plain = shown.toLowerCase()] = word.split("/");
    return { shown, plain };
  });
}

/** First names in several scripts. */
export const givenNames = names(
  "Ada Björn/bjoern Chloé/chloe Dmitri Émilie/emilie Farah Grace Håkon/hakon Inés/ines José/jose Katarzyna " +
    "Łukasz/lukasz Mei Nuño/nuno Olga Priya Quentin Renée/renee Søren/soeren Tomás/tomas Ursula Vũ/vu Wei " +
    "Ximena Yusuf Zoë/zoe 太郎/taro 花子/hanako Ольга/olga 민준/minjun محمد/mohammed Ελένη/eleni प्रिया/priya",
);

/** Family names in several scripts. */
export const familyNames = names(
  "Lovelace Müller/mueller García/garcia Nguyễn/nguyen O'Brien/obrien Şahin/sahin Kowalczyk Dvořák/dvorak " +
    "Österberg/osterberg Łukasiewicz/lukasiewicz Smith van-der-Berg Silva Rossi Dubois Hopper Ångström/angstrom " +
    "山田/yamada 佐藤/sato Иванова/ivanova 김/kim الفاسي/alfassi Παππά/pappa शर्मा/sharma Tremblay Çelik/celik Novák/novak",
);

/** Names of groups that people made. */
export const groupWords: readonly string[] = [
  "Release approvers",
  "Datenbank-Administratoren",
  "Équipe plateforme",
  "開発チーム",
  "Revisores de código",
  "Сопровождение",
  "Developers",
  "Kundenservice (extern)",
  "QA – Testautomatisierung",
  "Auditeurs",
  "보안 담당자",
  "Contractors & vendors",
  "Mobil uygulama ekibi",
  "Zespół wdrożeniowy",
  "المراجعون",
  "On-call 24/7",
  "Sécurité [SOC]",
  "Ops “night shift”",
];

/** Names of groups that come from Entra. */
export const entraGroupWords: readonly string[] = [
  "All Employees",
  "Full Time Engineers",
  "SG-Azure-DevOps-Users",
  "Part Time Engineers",
  "Externe Mitarbeiter",
  "Équipes France",
  "東京オフィス",
];

/** Names of projects. */
export const projectWords: readonly string[] = [
  "Fabrikam-Fiber",
  "Contoso Cloud",
  "Zahlungsverkehr",
  "Données clients",
  "Портал",
  "受注管理",
  "Mobile App",
  "Legacy.ERP",
  "Infraestructura",
  "Tailspin Toys",
  "R&D (geheim)",
  "データ基盤",
];

/** Names of teams beside the default team. */
export const teamWords: readonly string[] = [
  "Quality assurance",
  "Backend",
  "Frontend",
  "Betrieb",
  "Équipe produit",
  "設計",
  "Data & ML",
  "Support 2nd level",
];

/** Names of repositories beside the one that has its project's name. */
export const repositoryWords: readonly string[] = [
  "web-frontend",
  "Billing.Api",
  "infrastructure",
  "Équipe outils",
  "mobile_app",
  "データ連携",
  "R&D (Prototyp)",
  "database-migrations",
  "документация",
  "shared+libs",
  "team's-playground",
];
